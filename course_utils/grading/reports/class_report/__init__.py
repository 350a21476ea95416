"""One page on a class and its lesson, for the instructor's eyes.

`class_data` is what the page is made of, plain data. `standings` says where each student is,
`item_analysis` what the marks tell of each question and exercise, `answers` what was chosen,
`similar` which solutions are alike. `charts` lays out bars, `contents` puts all of it in the page's
order, and `render` writes it as HTML with everything escaped.
"""
