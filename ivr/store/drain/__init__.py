"""What the journals hold is carried into the database: in order, once each, by whichever worker is there."""
