"""Serial correlation of the errors of a panel model.

Lags go by the calendar: the lag of a row is the same entity's row one period earlier, and a row
after a gap has none. ``lags="row"`` takes the entity's previous row whatever lies between, which
is what plm does; without gaps the two are the same.
"""
