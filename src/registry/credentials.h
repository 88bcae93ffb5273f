/* What to say to a registry about who we are. */
#ifndef REGISTRY_CREDENTIALS_H
#define REGISTRY_CREDENTIALS_H

/* All borrowed. All NULL: anonymous. Either username and password, or a token. */
struct registry_credentials {
	const char *username;
	const char *password; /* "" where only a name was given */
	const char *token;    /* sent as a Bearer token as it is, no token service is asked */
};

#endif
