#include "cli/quantity.h"

#include "base/memory.h"

char *quantity_format_size(int64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	if (bytes < 1000)
		return string_format("%lld B", (long long)bytes);
	double size = (double)bytes / 1000;
	size_t unit = 0;
	/* 999.95 would be printed as 1000.0. */
	while (size >= 999.95 && unit + 1 < array_count(units)) {
		size /= 1000;
		unit++;
	}
	return string_format("%.1f %s", size, units[unit]);
}

char *quantity_format_duration(double seconds)
{
	if (seconds < 59.95)
		return string_format("%.1f s", seconds < 0 ? 0 : seconds);
	long long whole = (long long)(seconds + 0.5);
	if (whole < 3600)
		return string_format("%lld min %lld s", whole / 60, whole % 60);
	return string_format("%lld h %lld min", whole / 3600, whole / 60 % 60);
}
