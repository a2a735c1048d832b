"""The start page: tiles that modules contribute, in their reader's order; suggestions and their answers."""
