"""What goes wrong, in AWS's and in the registry's own words."""


class AwsError(Exception):
    """An error of an AWS JSON 1.1 call."""

    def __init__(self, code, message, status=400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class RegistryError(Exception):
    """An error of the Docker registry API, as ECR words it."""

    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def repository_not_found(name, registry_id):
    return AwsError("RepositoryNotFoundException",
                    f"The repository with name '{name}' does not exist in the registry with id "
                    f"'{registry_id}'")


def name_unknown(name, registry_id):
    return RegistryError(404, "NAME_UNKNOWN",
                         f"The repository with name '{name}' does not exist in the registry with "
                         f"id '{registry_id}'")


def manifest_unknown():
    return RegistryError(404, "MANIFEST_UNKNOWN", "Requested image not found")


def unsupported(reason):
    """How ECR words what its PutImage refuses."""
    return RegistryError(405, "UNSUPPORTED",
                         "Invalid parameter at 'ImageManifest' failed to satisfy constraint: "
                         f"'{reason}'")
