"""The bell, the page of notices, what somebody watches, and what changes while a page is open."""
