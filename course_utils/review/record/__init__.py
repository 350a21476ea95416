"""The journal: who decided what. From the top: which journal, where, what is done, how it is kept.

`opening` finds a checkpointer's journal, `databases` says where it is, `journal` is what one does
with it, `store` keeps its connection, `migrations` its form, `table` its rows, `entries` what they
hold; `locks` let one resume of a thread run at a time, and `words` are for the table people read.
"""
