"""What people who run the desk see and do, for the commands and the pages alike."""
