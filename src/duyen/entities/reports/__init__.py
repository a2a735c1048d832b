"""Reports: records counted and added up in groups, declared by the module that keeps them."""
