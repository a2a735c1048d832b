"""What to do next, and what needs attention: rules that modules contribute, and the answers to them."""
