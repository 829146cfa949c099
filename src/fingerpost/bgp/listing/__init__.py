"""What people read of an instance: neighbours in a line, routes in pages, attributes in words."""
