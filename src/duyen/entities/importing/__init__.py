"""Files of records come in: mapped, judged row by row, written chunk by chunk, undone as a whole."""

from duyen.entities.importing.asking import start_import
from duyen.entities.importing.files import rejected_path
from duyen.entities.importing.plan import Keeping, Plan, Reading

__all__ = ["Keeping", "Plan", "Reading", "rejected_path", "start_import"]
