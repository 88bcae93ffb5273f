/* What a registry or its token service says: token answers and error answers. */
#include "registry/registry.h"
#include "registry/token_authenticator.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {0};
	cleanup(token_answer_release) struct token_answer answer = {0};
	if (token_answer_parse((const char *)data, size, &answer, &err) == 0 &&
	    (answer.token[0] == '\0' || strpbrk(answer.token, "\r\n") != NULL ||
	     answer.seconds < 60))
		__builtin_trap();

	cleanup(http_response_release) struct http_response response = {
		.status = size > 0 ? 400 + data[0] : 400, .body = BUFFER_INIT(65536)};
	string_list_add(&response.headers, "Content-Type: text/plain");
	if (buffer_append(&response.body, data, size) == 0) {
		registry_answer_error(&response, "test", &err);
		if (err.kind == ERROR_NONE || strpbrk(err.message, "\r\n\033") != NULL)
			__builtin_trap();
	}
	return 0;
}
