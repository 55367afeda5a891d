"""What actions ask of the world: one module an aggregate, with its records and its Protocols.

Adapters live in ``api.store`` and elsewhere; only ``api.wiring`` knows which are used.
"""
