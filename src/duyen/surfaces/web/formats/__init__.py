"""Date and number formats per language: Django's own read 05/01/2027 as 1 May in Vietnamese."""
