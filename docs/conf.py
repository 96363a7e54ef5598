"""Sphinx configuration: every code cell is run while building, and an error fails the build."""

import os

from ioecon import __version__

project = "ioecon"
author = "The ioecon founders"
copyright = "2026, the ioecon founders"
version = release = __version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
suppress_warnings = ["config.cache"]

# Cells run in kernels of their own, so a progress bar or a colour would only clutter the pages.
os.environ.update(OMP_NUM_THREADS="1", NO_COLOR="1", PYDEVD_DISABLE_FILE_VALIDATION="1")
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_execution_in_temp = True
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings give types in words
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
add_module_names = False
maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"ioecon {version}"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_show_sourcelink = False
copybutton_exclude = ".linenos, .gp, .go"
