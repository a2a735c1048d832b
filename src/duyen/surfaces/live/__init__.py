"""The live process: it hears what is new in the database and says so to the browsers that listen.

It needs no Django, no pool and no session: a ticket of the pages says who listens and to which records.
No content ever goes this way. Where it cannot be reached the pages ask by themselves, so nothing depends on
it.
"""
