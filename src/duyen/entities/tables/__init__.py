"""Tables in files: read from whatever people keep them in."""

from duyen.entities.tables.refusals import FileUnreadable as FileUnreadable
from duyen.entities.tables.table import Reading as Reading
from duyen.entities.tables.table import Table as Table
from duyen.entities.tables.table import open_table as open_table
