"""Values that follow from others: formulas over a record and its links, roll-ups over what links to it."""
