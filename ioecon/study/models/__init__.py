"""What every kind of study with a panel does to it: estimate, test, tabulate, draw.

It needs a DataFrame indexed by entity and period, settings (:mod:`ioecon.study.models.settings`)
and words for the panel (:class:`ioecon.study.models.words.PanelWords`); where the panel comes from
is the kind's own matter.
"""
