"""What the course uses of other packages' private parts, one module a neighbour.

Each use is a small function, whose contract test in `tests/neighbours/` names the release where it
was seen. When a new release breaks one, its test says which.
"""
