"""A JSON schema as the fields of a form, and what is typed there, checked."""
