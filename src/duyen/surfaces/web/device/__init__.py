"""What makes a phone a full citizen: installing, the page without a network, and what is kept on it."""
