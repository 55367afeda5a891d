"""People, web and database: the only layer that knows them."""
