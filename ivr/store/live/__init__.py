"""What people switch live, without a publication: the calamity, notices, teams that are closed until a time."""
