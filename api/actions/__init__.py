"""What the product does, one verb a file. An action never sees a web request."""
