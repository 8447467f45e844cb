"""Goes in: photographs, icons, posts, a seed. Comes out: composed pictures with exact boxes, and posts that name what is in them."""
