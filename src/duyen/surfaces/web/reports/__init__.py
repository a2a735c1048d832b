"""Pages of declared reports: the list of them, one report, its workbook and its printed form."""
