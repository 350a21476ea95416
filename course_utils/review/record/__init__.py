"""The journal: who decided what, its table, its locks and its words."""
