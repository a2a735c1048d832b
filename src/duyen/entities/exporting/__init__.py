"""Records carried out of the house, a list or everything; the trail tells how many and what for."""
