"""The administrator's page: who may enter, and what everybody did."""
