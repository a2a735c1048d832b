"""The start page: tiles and figures that modules contribute, and in which order somebody sees them."""
