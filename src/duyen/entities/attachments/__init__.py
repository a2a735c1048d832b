"""Files on records: who may read a record reads them, who may change it adds and removes them."""
