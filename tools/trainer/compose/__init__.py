"""Composes pictures with exact boxes from photographs and icons, and posts that name what is in them."""
