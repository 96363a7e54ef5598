"""Panel models on any DataFrame indexed by (entity, period), and tables for publication."""

import lazy_loader

# Names and where they are stand in __init__.pyi; a module is imported when a name of it is used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
