-- An invitation that is made anew is mailed anew; the application still reads nothing of a token.
GRANT UPDATE (mail_hash, mail_attempts, mailed_at) ON invitations TO duijie_app;
