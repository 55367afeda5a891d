"""Key files of trustees and registrars, and the offline command lines that use them."""
