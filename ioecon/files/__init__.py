"""What files hold, whatever it means: archives, cells of workbooks, R objects."""
