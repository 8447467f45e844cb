"""Goes in: pictures with boxes of people, logos, flags and objects. Comes out: the weights of a small detector, for the exporter."""
