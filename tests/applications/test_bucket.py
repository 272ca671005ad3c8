"""Attachments in an S3-compatible bucket: a server of its own, spoken to over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from applications.services.attachments import remove_attachment, remove_orphaned_files
from buendnisse.config.environment import Environment
from buendnisse.config.uploads import upload_storage
from tests.factories.applications import DraftFactory
from tests.factories.buendnisse import UserFactory
from tests.factories.files import photo, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings: Settings) -> Iterator[Any]:
    """The bucket, as whoever runs it sees it; the project keeps its uploads there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    values = {
        "S3_BUCKET": "anlagen",
        "S3_ENDPOINT": f"http://{host}:{port}",
        "S3_REGION": "eu-central-1",
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
    }
    made = boto3.resource(
        "s3",
        endpoint_url=values["S3_ENDPOINT"],
        region_name=values["S3_REGION"],
        aws_access_key_id=values["S3_ACCESS_KEY"],
        aws_secret_access_key=values["S3_SECRET_KEY"],
    ).Bucket(values["S3_BUCKET"])
    made.create(CreateBucketConfiguration={"LocationConstraint": values["S3_REGION"]})
    settings.STORAGES = {**settings.STORAGES, "default": upload_storage(Environment(values))}
    yield made
    made.objects.delete()
    made.delete()
    made.meta.client.close()
    server.stop()


def names_in(bucket: Any) -> set[str]:
    return {each.key for each in bucket.objects.all()}


def test_a_file_comes_into_the_bucket_and_goes_out_through_the_application_alone(
    bucket: Any, client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    owner = UserFactory()
    draft = DraftFactory(owner=owner)
    client.force_login(owner)
    page = reverse("applications:attachments", args=[draft.public_id])
    client.post(page, {"files": upload(photo(size=(600, 400)), "Foto.jpg")})

    attachment = draft.attachments.get()
    assert names_in(bucket) == {attachment.file.name, attachment.preview.name}
    kept = bucket.Object(attachment.file.name).get()["Body"].read()
    assert len(kept) == attachment.size

    def fetch(name: str) -> Any:
        return client.get(reverse(f"applications:{name}", args=[attachment.public_id]))

    download = fetch("attachment")
    assert download.status_code == 200
    assert b"".join(download.streaming_content) == kept
    preview = b"".join(fetch("attachment_preview").streaming_content)
    assert preview == bucket.Object(attachment.preview.name).get()["Body"].read()

    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=timezone.now())
    assert names_in(bucket) == set()


def test_a_file_without_a_row_is_found_in_the_bucket_too(bucket: Any) -> None:
    assert remove_orphaned_files(now=timezone.now()) == 0
    default_storage.save("attachments/ab/orphan", ContentFile(b"x"))
    assert remove_orphaned_files(now=timezone.now()) == 0
    assert names_in(bucket) == {"attachments/ab/orphan"}
    assert remove_orphaned_files(now=timezone.now() + timedelta(days=2)) == 1
    assert names_in(bucket) == set()


def test_a_file_that_the_bucket_has_lost_is_not_found(bucket: Any, client: Client) -> None:
    owner = UserFactory()
    draft = DraftFactory(owner=owner)
    client.force_login(owner)
    page = reverse("applications:attachments", args=[draft.public_id])
    client.post(page, {"files": upload(photo(), "Foto.jpg")})
    attachment = draft.attachments.get()
    bucket.Object(attachment.file.name).delete()

    address = reverse("applications:attachment", args=[attachment.public_id])
    assert client.get(address).status_code == 404
