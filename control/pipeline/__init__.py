"""The studio on request: takes and measurements booked as jobs, what they are allowed to cost, and how those who make them stand."""
