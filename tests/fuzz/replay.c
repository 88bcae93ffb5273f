/* Feeds every file of the folder argv[1] to the fuzz target, and fails when there is none. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		return -1;
	}
	struct stat status;
	if (fstat(fileno(file), &status) < 0 || !S_ISREG(status.st_mode)) {
		fclose(file);
		return -1;
	}
	/* An allocation of exactly the size, so that a sanitizer sees a read past the end. */
	size_t size = (size_t)status.st_size;
	uint8_t *data = malloc(size > 0 ? size : 1);
	if (data == NULL || fread(data, 1, size, file) != size) {
		perror(path);
		free(data);
		fclose(file);
		return -1;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (folder == NULL) {
		fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
		return 1;
	}
	unsigned replayed = 0;
	struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		if (replay(path) < 0) {
			closedir(folder);
			return 1;
		}
		replayed++;
	}
	closedir(folder);
	printf("%u inputs replayed\n", replayed);
	return replayed > 0 ? 0 : 1;
}
