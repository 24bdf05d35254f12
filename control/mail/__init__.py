"""Mail: letters to people, sent by the operator's SMTP server or laid open in the log when there is none."""
