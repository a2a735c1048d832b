"""What a list shows, kept under a name: for oneself, a unit or everybody."""
