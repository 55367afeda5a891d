"""SD-JWT VC credentials: issuing, presenting and believing them. See ``verifier/SPEC.md``."""
