"""From multi-region input-output tables to panel regressions in environmental economics.

Tables → emissions → structural decomposition → industrial-transfer index → country-period panel;
``regressions`` and ``diagnostics`` estimate and test on any panel, ``ioecon.study`` does it all
from one study file.
"""

from typing import Any

import lazy_loader

from ioecon.moved import find_moved

__version__ = "0.1.0"

# Names and where they are stand in __init__.pyi; a module is imported when a name of it is used.
_find_name, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name == "EmissionAccount":
        return find_moved("ioecon.EmissionAccount", "ioecon.Account")
    return _find_name(name)
