"""Goes in: pictures with boxes of people, logos, flags and objects. Comes out: the weights of a small detector, which the exporter makes a graph of."""
