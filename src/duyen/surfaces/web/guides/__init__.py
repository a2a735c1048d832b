"""Help in the product: a guide for each page, one for each kind of records, and what is new."""
