"""The pages that are derived from the registry: list, record, form, dialogs, history, search, start page."""
