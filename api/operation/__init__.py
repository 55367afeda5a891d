"""Running the service: its processes, the one owner of the chain, backups, deletion, retention."""
