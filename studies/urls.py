"""Addresses of this room: researcher pages under /studies/, a participant's sitting under /s/."""

from django.contrib.auth import views as auth_views
from django.urls import include, path

from studies.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path(
        "sign-in/",
        auth_views.LoginView.as_view(template_name="sign_in.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("sign-out/", auth_views.LogoutView.as_view(), name="logout"),
    path("studies/", include("studies.views.urls")),
    path("s/", include("studies.sitting.urls")),
    path("recruitment/", include("studies.recruitment.urls")),
    path("api/", include("studies.api.urls")),
]
