"""Where secrets stand in a text: by their shape, by the name beside them, by what is done with them."""
