"""What to ask the studio for: from the station's profile, the hour, what aired, votes, trends and wishes to a brief."""
